//! `tenant-apps`: a shared schema that waits for a tenant's.

use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::report::{Aspect, Help, Place, Severity};

/// Finds migrations of a shared app that depend on a tenant app's, with django-tenants.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "tenant-apps",
        severity: Severity::Warning,
        aspect: Aspect::Deploy,
        summary: "with django-tenants, a shared app's migration depends on a tenant app's",
        what: "Fires where the settings have `SHARED_APPS` and `TENANT_APPS`, and a migration of an app in the first \
alone depends on one of an app in the second alone. Silent for apps in both.",
        why: "`migrate_schemas --shared` records the tenant app's migration as applied in the public schema without \
creating its tables there; a foreign key to them then points to a table that is not in the search path, and the \
migration fails or takes another tenant's.",
        example: "SHARED_APPS = [\"django_tenants\", \"customers\"]
TENANT_APPS = [\"shop\"]

# customers/migrations/0002_last_order.py
dependencies = [(\"shop\", \"0001_initial\")]",
        safe_way: "Turn the relation round (tenant apps may depend on shared ones), or put the app into both lists.",
        evidence: "django-tenants: `TenantSyncRouter.allow_migrate`.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let Some(tenants) = &cx.project.deploy.tenants else { return };
    let own = &cx.migration.key.app;
    if !tenants.shared.contains(own) || tenants.tenant.contains(own) {
        return;
    }
    for dependency in &cx.migration.dependencies {
        let other = &dependency.key.app;
        if !tenants.tenant.contains(other) || tenants.shared.contains(other) {
            continue;
        }
        let message = format!(
            "`{}` of shared app `{own}` depends on `{}` of tenant app `{other}`, whose tables the public schema does not have",
            cx.migration.key, dependency.key
        );
        let help = Help::text("Let tenant apps depend on shared ones alone, or put the app into both lists.");
        let mut finding = cx.finding(&RULE.info, message).about(format!("tenant {}", dependency.key)).help(help);
        if let Some(at) = &dependency.at {
            finding.place = Place::Range(at.clone());
        }
        sink.report(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::deploy::Tenants;
    use crate::rules::histories::*;

    fn count(shared: &[&str], tenant: &[&str]) -> usize {
        let second = migration("customers.0001_initial", &["shop.0001_initial"], vec![], "");
        let mut project = input(vec![initial(), second]);
        let labels = |names: &[&str]| names.iter().map(|name| key(&format!("{name}.x")).app).collect();
        project.deploy.tenants = Some(Tenants { shared: labels(shared), tenant: labels(tenant) });
        let found = check(&project, &CheckOptions::default()).findings;
        found.iter().filter(|finding| finding.rule == "tenant-apps").count()
    }

    #[test]
    fn fires_where_shared_waits_for_tenant() {
        assert_eq!(count(&["customers"], &["shop"]), 1);
        assert_eq!(count(&["customers", "shop"], &["shop"]), 0);
        assert_eq!(count(&["shop"], &["customers"]), 0);
    }
}
