//! What the code of a data migration does with historical models, read from its syntax tree.
//!
//! Names are followed through one function at a time: `Order = apps.get_model(…)`, a query of it, the
//! rows of a loop over that. Where a name may stand for two things, it stands for nothing: what is
//! told here is certain as far as the function itself goes.

mod formatted;
mod members;
mod rows;
mod walk;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::source::Location;

pub(super) use walk::{get_model as literal_model, look};

/// What a function does with historical models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataFacts {
    /// The first use of a manager of each model, in order of place.
    pub queries: Vec<ModelPlace>,
    /// Whether it says which database it means, or asks which one it runs on.
    pub names_database: bool,
    /// Writes to many rows at once or one by one.
    pub writes: Vec<Write>,
    /// Models some of whose rows it writes, however many: the first write to each.
    pub written: Vec<Written>,
    /// Single rows that it makes, saves or deletes.
    pub rows: Vec<RowWrite>,
    /// What is asked of historical models that they may not have.
    pub members: Vec<Member>,
    /// `name = apps.get_model("app", "Model")`
    pub bindings: Vec<Binding>,
    /// SQL that is put together from values: `cursor.execute(f"…")`.
    pub formatted: Vec<Location>,
    /// `for row in Order.objects.all():`, with the whole statement's place.
    pub loops: Vec<ModelPlace>,
}

/// A historical model: the app's label and the model's name, as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoricalModel {
    /// `shop`
    pub app: Arc<str>,
    /// `Order`
    pub name: Arc<str>,
}

/// A place where a model is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPlace {
    /// Which model.
    pub model: HistoricalModel,
    /// Where.
    pub at: Location,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteKind {
    /// `.save()` of each row in a loop over all of a table.
    SaveEach,
    /// `.delete()` of each row in a loop over all of a table.
    DeleteEach,
    /// `.update(…)` of all of a table.
    UpdateAll,
    /// `.delete()` of all of a table.
    DeleteAll,
}

/// A write to all rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Of which model.
    pub model: HistoricalModel,
    /// How.
    pub kind: WriteKind,
    /// Where.
    pub at: Location,
}

/// A model some of whose rows are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Which model.
    pub model: HistoricalModel,
    /// Where first.
    pub at: Location,
    /// Whether rows are added alone: none that is there is changed.
    pub adds: bool,
}

/// How a single row is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowWriteKind {
    /// It is made, by `create()` or by the class and `save()`.
    Create,
    /// `save()` of a row that was read and given nothing new.
    SaveUnchanged,
    /// `delete()` of a row.
    Delete,
}

/// A write to a single row, all of whose fields are in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWrite {
    /// Of which model.
    pub model: HistoricalModel,
    /// How.
    pub kind: RowWriteKind,
    /// The fields that the function gives it, as written.
    pub given: BTreeSet<Arc<str>>,
    /// Where.
    pub at: Location,
}

/// On what a member is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberOf {
    /// `Order.X`
    Class,
    /// `Order.objects.x()` and querysets of it
    Manager,
    /// `order.x()`
    Instance,
}

/// Something that is asked of a historical model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Of which model.
    pub model: HistoricalModel,
    /// On what.
    pub of: MemberOf,
    /// The name.
    pub name: Arc<str>,
    /// Where.
    pub at: Location,
}

/// A variable for a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The variable.
    pub variable: Arc<str>,
    /// What it stands for.
    pub model: HistoricalModel,
    /// Where.
    pub at: Location,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::syntax::Parsed;
    use crate::source::SourceFile;

    fn facts(body: &str) -> DataFacts {
        let text =
            format!("def fill(apps, se):\n    Order = apps.get_model(\"shop\", \"Order\")\n    {body}\n");
        let parsed = Parsed::new(SourceFile::new("/a.py".into(), "a.py", text));
        let mut facts = DataFacts::default();
        look(&parsed, &parsed.body[0], &|_| false, &mut facts);
        facts
    }

    #[test]
    fn writes_to_all_rows() {
        let kinds = |body: &str| facts(body).writes.iter().map(|write| write.kind).collect::<Vec<_>>();
        assert_eq!(kinds("Order.objects.update(x=1)"), [WriteKind::UpdateAll]);
        assert_eq!(kinds("Order.objects.using(a).all().update(x=1)"), [WriteKind::UpdateAll]);
        assert_eq!(
            kinds("rows = Order.objects.all()\n    for row in rows:\n        row.save()"),
            [WriteKind::SaveEach]
        );
        assert_eq!(kinds("for row in list(Order.objects.all()):\n        row.save()"), [WriteKind::SaveEach]);
        assert_eq!(kinds("Order.objects.all().delete()"), [WriteKind::DeleteAll]);
        for few in [
            "Order.objects.filter(x=None).update(x=1)",
            "for row in Order.objects.filter(x=1):\n        row.save()",
            "for row in Order.objects.all()[:100]:\n        row.save()",
            "for row in Order.objects.values_list('x'):\n        row.save()",
            "row = Order.objects.get(x=1)\n    row.save()",
            "if se:\n        Order = other\n    Order.objects.update(x=1)",
        ] {
            assert!(kinds(few).is_empty(), "{few}");
        }
    }

    #[test]
    fn rows_and_what_they_are_given() {
        let rows = |body: &str| {
            let all = facts(body).rows;
            all.iter()
                .map(|row| (row.kind, row.given.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")))
                .collect::<Vec<_>>()
        };
        let create = |given: &str| vec![(RowWriteKind::Create, given.to_owned())];
        assert_eq!(rows("Order.objects.create(a=1, b=2)"), create("a b"));
        assert_eq!(rows("Order.objects.using(se).get_or_create(a=1, defaults={'b': 2})"), create("a b"));
        assert_eq!(rows("row = Order(a=1)\n    row.b = 2\n    row.save()"), create("a b"));
        assert_eq!(rows("row = Order.objects.create(a=1)\n    row.b = 2\n    row.save()"), create("a b"));
        assert_eq!(rows("Order(a=1).save()"), create("a"));
        assert_eq!(rows("row = Order(a=1)\n    row.save()\n    Line.objects.create(order=row)"), create("a"));
        let unchanged = vec![(RowWriteKind::SaveUnchanged, String::new())];
        assert_eq!(rows("for row in Order.objects.filter(x=1):\n        row.save()"), unchanged);
        assert_eq!(rows("row = Order.objects.get(x=1)\n    row.save(using=se)"), unchanged);
        assert_eq!(rows("Order.objects.get(x=1).delete()"), [(RowWriteKind::Delete, String::new())]);
        for body in [
            "Order.objects.create(**values)",
            "Order(1, 2).save()",
            "row = Order(a=1)",
            "rows.append(Order(a=1))",
            "row = Order(a=1)\n    fill(row)\n    row.save()",
            "for row in Order.objects.all():\n        row.x = 1\n        row.save()",
            "for row in Order.objects.all():\n        if se:\n            row.x += 1\n        row.save()",
            "for row in Order.objects.all():\n        setattr(row, 'x', 1)\n        row.save()",
            "for row in Order.objects.all():\n        row.save(update_fields=['x'])",
            "for row in Order.objects.all():\n        other = row\n        row.save()",
        ] {
            assert_eq!(rows(body), [], "{body}");
        }
    }

    #[test]
    fn models_that_are_written() {
        let written = |body: &str| facts(body).written.len();
        for body in [
            "Order.objects.filter(x=1).update(x=2)",
            "Order.objects.create(x=1)",
            "Order.objects.bulk_update(rows, ['x'])",
            "row = Order.objects.first()\n    row.x = 1\n    row.save()",
            "for row in Order.objects.values_list('x'):\n        Order.objects.filter(x=row).delete()",
            "Order(x=1).save()",
        ] {
            assert_eq!(written(body), 1, "{body}");
        }
        let adds = |body: &str| facts(body).written[0].adds;
        assert!(adds("Order.objects.create(x=1)\n    row = Order(x=1)\n    row.save()"));
        assert!(!adds("Order.objects.create(x=1)\n    Order.objects.update(x=1)"));
        assert!(!adds("row = Order.objects.get(x=1)\n    row.save()"));
        assert_eq!(written("Order.objects.filter(x=1).count()"), 0);
        assert_eq!(written("row = Order(x=1)"), 0);
    }

    #[test]
    fn members_of_historical_models() {
        let names =
            |body: &str| facts(body).members.iter().map(|member| member.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names("for row in Order.objects.all():\n        row.pay()"), ["pay"]);
        assert_eq!(names("Order.objects.open()"), ["open"]);
        assert_eq!(names("Order.objects.filter(x=Order.NEW)"), ["NEW"]);
        assert!(names("Order.objects.filter(x=1).order_by('x').first().save()").is_empty());
        assert!(names("rows = list(Order.objects.all())\n    rows.sort()").is_empty());
        assert!(names("Order.objects.get(x=1).lines.all()").is_empty());
        assert!(names("try:\n        pass\n    except Order.DoesNotExist:\n        pass").is_empty());
    }

    #[test]
    fn databases_and_formatted_sql() {
        assert!(!facts("Order.objects.count()").names_database);
        assert!(facts("Order.objects.using(se.connection.alias).count()").names_database);
        assert!(facts("row = Order()\n    row.save(using='x')").names_database);
        let formatted = |body: &str| facts(body).formatted.len();
        assert_eq!(formatted("se.execute(f\"DELETE FROM x WHERE a = {value}\")"), 1);
        assert_eq!(formatted("se.execute(\"DELETE FROM x WHERE a = %s\" % value)"), 1);
        assert_eq!(formatted("se.execute(\"DELETE FROM x WHERE a = {}\".format(value))"), 1);
        assert_eq!(formatted("se.execute(\"DELETE FROM x WHERE a = %s\", [value])"), 0);
        assert_eq!(formatted("se.execute(f\"DELETE FROM x WHERE {'a' if se else 'b'} = 1\")"), 0);
        assert_eq!(formatted("se.execute(f\"DELETE FROM {Order._meta.db_table}\")"), 0);
        assert_eq!(formatted("se.execute(\"DELETE FROM %s\" % se.quote_name(x))"), 0);
    }
}
