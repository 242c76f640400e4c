//! What changed between two matrices, and how one is shown, without a database.

use super::{Asked, FORMAT, Function, Matrix, Policy, Relation, Right, Rows, differences, text};

fn right(role: &str, verb: &str) -> Right {
    Right {
        role: role.to_owned(),
        verb: verb.to_owned(),
        usage: true,
        whole: true,
        columns: vec!["id".to_owned(), "body".to_owned()],
        by: vec![role.to_owned()],
        rows: Rows::ByPolicies,
        bypasses: None,
        policies: vec!["select_own".to_owned()],
        restrictive: Vec::new(),
    }
}

fn matrix() -> Matrix {
    Matrix {
        format: FORMAT,
        asked: Asked::default(),
        roles: vec!["reader".to_owned(), "writer".to_owned()],
        relations: vec![Relation {
            name: "api.note".to_owned(),
            kind: "table".to_owned(),
            owner: "boss".to_owned(),
            row_security: Some("forced".to_owned()),
            runs_as: None,
            owner_bypasses: None,
            reads: Vec::new(),
            columns: vec!["id".to_owned(), "body".to_owned()],
            policies: vec![Policy {
                name: "select_own".to_owned(),
                verb: "select".to_owned(),
                restrictive: false,
                roles: vec!["reader".to_owned()],
                using: Some("((owner = me()) OR (a AND b))".to_owned()),
                check: None,
            }],
            rights: vec![right("reader", "select")],
        }],
        functions: vec![Function {
            name: "api.f()".to_owned(),
            owner: "boss".to_owned(),
            definer: false,
            public: false,
            roles: vec!["reader".to_owned()],
        }],
    }
}

fn after(change: impl FnOnce(&mut Matrix)) -> Vec<String> {
    let mut after = matrix();
    change(&mut after);
    differences(&matrix(), &after)
}

#[test]
fn every_change_is_a_line() {
    assert_eq!(after(|_| {}), Vec::<String>::new());
    let relation = |change: fn(&mut Relation)| after(|matrix| change(&mut matrix.relations[0]));
    assert_eq!(
        relation(|it| it.policies[0].using = Some("true".to_owned())),
        [
            "api.note: policy select_own for select to reader using ((owner = me()) OR (a AND b)) → \
          for select to reader using (true)"
        ]
    );
    assert_eq!(
        relation(|it| it.row_security = Some("off".to_owned())),
        [
            "api.note: table, row-level security forced, owner boss → table, row-level security off, owner boss"
        ]
    );
    assert_eq!(
        relation(|it| it.rights.push(Right {
            whole: false,
            rows: Rows::None,
            ..right("writer", "update")
        })),
        ["api.note: writer gains update (id, body), no rows"]
    );
    assert_eq!(
        relation(|it| it.rights.clear()),
        ["api.note: reader loses select"]
    );
    assert_eq!(
        relation(|it| it.rights[0].columns = vec!["id".to_owned(), "secret".to_owned()]),
        [
            "api.note: reader gains select (secret)",
            "api.note: reader loses select (body)"
        ]
    );
    assert_eq!(
        relation(|it| it.rights[0].whole = false),
        ["api.note: reader select: all columns → (id, body)"]
    );
    assert_eq!(
        relation(|it| it.rights[0].bypasses = Some("owner".to_owned())),
        ["api.note: reader select: select_own → all rows (owner)"]
    );
    assert_eq!(
        relation(|it| it.rights[0].restrictive = vec!["not_gone".to_owned()]),
        ["api.note: reader select: select_own → select_own, and not_gone"]
    );
    assert_eq!(
        relation(|it| it.rights[0].by = vec!["public".to_owned()]),
        ["api.note: reader select: granted to reader → public"]
    );
    assert_eq!(
        relation(|it| it.name = "api.other".to_owned()),
        [
            "api.note: gone",
            "api.other: new, a table, row-level security forced, owner boss",
            "api.other: reader gains select, select_own",
        ]
    );
    assert_eq!(
        after(|it| it.roles.push("zoe".to_owned())),
        ["zoe: a new role"]
    );
    assert_eq!(
        after(|it| {
            it.functions[0].roles = vec!["writer".to_owned()];
            it.functions[0].definer = true;
            it.functions[0].public = true;
        }),
        [
            "api.f(): writer gains execute",
            "api.f(): reader loses execute",
            "api.f(): everybody may execute it (public)",
            "api.f(): runs as its owner boss",
        ]
    );
}

#[test]
fn the_json_is_read_as_it_was_written() {
    let written = serde_json::to_string(&matrix()).unwrap();
    assert_eq!(serde_json::from_str::<Matrix>(&written).unwrap(), matrix());
    assert!(written.contains(r#""rows":"by_policies""#), "{written}");
}

#[test]
fn a_relation_is_a_block_with_a_line_for_each_role() {
    assert_eq!(
        text(&matrix()),
        "api.note (table, row-level security forced, owner boss)\n\n\
         \x20        | select          | insert | update | delete\n\
         \x20 reader | all: select_own | –      | –      | –\n\
         \x20 nothing: writer\n\
         \x20 policy select_own for select to reader using ((owner = me()) OR (a AND b))\n\n\
         functions\n\n\
         \x20 api.f() | reader\n"
    );
}
