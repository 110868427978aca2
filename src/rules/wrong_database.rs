//! `wrong-database`: a data migration that works on the default database whatever it is run on.

use super::data_code::{finding, forwards};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunPython` code ignores which database it is run on, in a project that has several.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "wrong-database",
        severity: Severity::Warning,
        aspect: Aspect::Data,
        summary: "`RunPython` code ignores which database it is run on, in a project that has several",
        what: "Fires where the project's settings have more than one database, and the function of a `RunPython` \
queries a model while nothing that it reaches in the repository names a database or asks for one \
(`schema_editor.connection.alias`, `using`, `db_manager`).",
        why: "`migrate --database other` runs the function once more for the other database, and its queries go to \
the default one each time: rows are changed twice there, and never in the other.",
        example: "def fill(apps, schema_editor):
    Order = apps.get_model(\"shop\", \"Order\")
    Order.objects.update(total=0)",
        safe_way: "Ask the schema editor: `Order.objects.using(schema_editor.connection.alias)`. Where the function \
is meant for one database alone, return early on the others.",
        evidence: "Django: topics/migrations, \"Data Migrations\"; howto/writing-migrations, \"Data migrations and \
multiple databases\".",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    if cx.migration.project.databases < 2 {
        return;
    }
    let Some(code) = forwards(cx) else { return };
    let Some(query) = code.data.queries.first().filter(|_| !code.data.names_database) else { return };
    let message = format!(
        "`RunPython` code queries `{}` on the default database, whichever one it is run on",
        query.model.name
    );
    let snippet = format!("{}.objects.using(schema_editor.connection.alias)", query.model.name);
    let help = Help::text("Ask the schema editor which database it is.").python("in the function", snippet);
    sink.report(finding(cx, &RULE.info, &query.at, &query.model.name, message).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::data_code::testing::project;
    use crate::rules::histories::*;

    fn count(body: &str, databases: usize) -> usize {
        let text = format!("def fill(apps, editor):\n    Order = apps.get_model('shop', 'Order')\n    {body}\n");
        let mut input = project(&text);
        input.databases = databases;
        let found = check(&input, &CheckOptions::default()).findings;
        found.iter().filter(|finding| finding.rule == "wrong-database").count()
    }

    #[test]
    fn fires_where_there_are_several() {
        let plain = "Order.objects.filter(note='').update(note='x')";
        assert_eq!(count(plain, 2), 1);
        assert_eq!(count(plain, 1), 0);
        assert_eq!(count("Order.objects.using(editor.connection.alias).filter(note='').count()", 2), 0);
        assert_eq!(count("if editor.connection.alias != 'default':\n        return\n    Order.objects.count()", 2), 0);
    }
}
