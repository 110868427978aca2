//! What Oracle's editor does beside what the others do (`django/db/backends/oracle/schema.py`).

use super::names::truncate_name;

/// The block behind `DROP TABLE` in `delete_model`, blanks and all.
pub(super) fn drop_sequence_of(table: &str) -> String {
    let name = truncate_name(table.trim_matches('"'), Some(27)).to_uppercase();
    format!(
        r#"
            DECLARE
                i INTEGER;
            BEGIN
                SELECT COUNT(1) INTO i FROM USER_SEQUENCES
                    WHERE SEQUENCE_NAME = '{name}_SQ';
                IF i = 1 THEN
                    EXECUTE IMMEDIATE 'DROP SEQUENCE "{name}_SQ"';
                END IF;
            END;
        /"#
    )
}
