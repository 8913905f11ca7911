//! Who may post what, as one table: role by event by how the event's jurisdiction lies to the scope.
//!
//! It is printed from the Specs to `tests/golden/roles.txt` and held there: a right that somebody gains or
//! loses is a line of a commit. Fields of an event may narrow a right further (an organization's kind,
//! what a project's change names); that stands in the event's own table.

use crate::held;
use fundtrail::domain::Type;
use fundtrail::domain::event::allowed;
use fundtrail::domain::role::{Role, Standing};
use std::fmt::Write;

const LEGEND: &str = "\
Who may post what (design section 8). A cell says where, seen from the scope of the poster's grant:
P the scope itself, which is the province; S the scope itself, elsewhere; B below the scope;
E anywhere else; . nowhere. Fields of an event may narrow a right further.
";

const LETTERS: [(Standing, char); 4] = [
    (Standing::SameProvince, 'P'),
    (Standing::Same, 'S'),
    (Standing::Below, 'B'),
    (Standing::Elsewhere, 'E'),
];

/// One cell of the table.
fn cell(kind: Type, role: Role) -> String {
    let may = |standing| allowed(kind.spec(), role, standing);
    LETTERS.iter().map(|(standing, letter)| if may(*standing) { *letter } else { '.' }).collect()
}

fn printed() -> String {
    let widest = Type::ALL.iter().map(|kind| kind.spec().name.len()).max().unwrap();
    let mut out = format!("{LEGEND}\n{:widest$}", "");
    for role in Role::ALL {
        write!(out, "  {}", role.code()).unwrap();
    }
    let mut family = None;
    for kind in Type::ALL {
        let spec = kind.spec();
        if family.replace(spec.family) != Some(spec.family) {
            write!(out, "\n{}", spec.family.code()).unwrap();
        }
        write!(out, "\n{:widest$}", spec.name).unwrap();
        for role in Role::ALL {
            write!(out, "  {:1$}", cell(*kind, *role), role.code().len()).unwrap();
        }
    }
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn the_table_of_rights_is_the_one_that_is_kept() {
    held::assert_none(held::compare("tests/golden/roles.txt", &printed()).into_iter().collect());
}

#[test]
fn every_standing_has_its_letter() {
    assert_eq!(LETTERS.map(|(standing, _)| standing), Standing::ALL);
}

#[test]
fn who_only_reads_posts_nothing() {
    for kind in Type::ALL {
        for role in [Role::Mirror, Role::Observer] {
            assert_eq!(cell(*kind, role), "....", "{role} posts {}", kind.spec().name);
        }
    }
}

#[test]
fn the_operator_moves_no_money_and_sets_no_policy() {
    for kind in Type::ALL {
        let spec = kind.spec();
        if !spec.flows.is_empty() || spec.name == "policy_set" || spec.name == "entry_reversed" {
            assert_eq!(cell(*kind, Role::Operator), "....", "the operator posts {}", spec.name);
        }
    }
}
