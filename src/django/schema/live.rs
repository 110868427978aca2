//! Fields of classes that are not Django's, with what evaluating them has shown
//! ([`LiveField`](crate::django::field::LiveField)).

use std::sync::Arc;

use crate::database::Vendor;
use crate::django::field::{Field, FieldClass, LiveType};

/// `connection.vendor`
fn vendor_name(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::PostgreSql => "postgresql",
        Vendor::Sqlite => "sqlite",
        Vendor::MySql | Vendor::MariaDb => "mysql",
        Vendor::Oracle => "oracle",
    }
}

/// What was found for that database.
pub(super) fn of<T>(found: &[(Arc<str>, T)], vendor: Vendor) -> Option<&T> {
    let name = vendor_name(vendor);
    found.iter().find(|(known, _)| &**known == name).map(|(_, found)| found)
}

/// The field with what its class sets by itself.
pub(crate) fn full(field: &Arc<Field>, vendor: Vendor) -> Arc<Field> {
    let Some(live) = &field.live else { return field.clone() };
    let missing: Vec<_> = live.attributes.iter().filter(|(name, _)| field.kwarg(name).is_none()).collect();
    let own_type = of(&live.db_types, vendor);
    if missing.is_empty() && own_type.is_none() {
        return field.clone();
    }
    let mut full = Field::clone(field);
    full.kwargs.extend(missing.into_iter().cloned());
    let mut class = FieldClass::clone(&field.class);
    match own_type {
        Some(LiveType::Text(text)) => (class.db_type, class.opaque_type) = (Some(text.clone()), false),
        Some(LiveType::NoColumn | LiveType::Unread) => (class.db_type, class.opaque_type) = (None, true),
        None => {}
    }
    full.class = Arc::new(class);
    Arc::new(full)
}

/// What `rel_db_type()` of the field's own class returns; `None` where it has Django's.
pub(crate) fn own_rel_type(field: &Field, vendor: Vendor) -> Option<&LiveType> {
    of(&field.live.as_ref()?.rel_db_types, vendor)
}
