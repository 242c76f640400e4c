//! What becomes of definitions, statement after statement.

use super::{Files, read};
use crate::check::model::{PUBLIC, Qualified, RelationKind, Switch};
use crate::migrate::Script;

/// Also with statements that the parser cannot read: their tokens tell enough.
fn read_all(text: &str) -> Files {
    let script = Script {
        path: "one.sql".to_owned(),
        text: text.to_owned(),
    };
    read(&[script], Some("owner"))
}

fn files(text: &str) -> Files {
    let files = read_all(text);
    assert_eq!(files.unread, []);
    files
}

fn name(text: &str) -> Qualified {
    let (schema, name) = text.split_once('.').unwrap();
    Qualified::new(schema, name)
}

#[test]
fn switches_are_as_the_last_statement_left_them() {
    let files = files(
        "create table a.t (id int); alter table only a.t enable row level security, force row level security;
        alter table a.t no force row level security; alter table a.t owner to somebody;
        create table a.u (id int); do $$ begin execute format('alter table %s enable row level security', 'a.u'); end $$;
        create table a.v (id int); alter table a.v rename to w;",
    );
    let table = &files.catalog.relations[&name("a.t")];
    assert_eq!(
        (table.row_security, table.is_forced),
        (Switch::On, Switch::Off)
    );
    assert_eq!(table.owner.as_deref(), Some("somebody"));
    // nobody knows without running it
    assert_eq!(
        files.catalog.relations[&name("a.u")].row_security,
        Switch::Unknown
    );
    assert!(files.catalog.relations.contains_key(&name("a.w")));
}

#[test]
fn what_is_dropped_is_gone_with_all_that_hangs_on_it() {
    let files = files(
        "create table a.t (id int primary key, b int references a.u (id));
        create index on a.t (b); create policy p on a.t using (true);
        create function a.f(int) returns int language sql as 'select 1';
        create function a.f(text) returns int language sql as 'select 1';
        create view a.v as select 1 as one; create materialized view a.m as select 1 as one with no data;
        drop function a.f(integer); drop view if exists a.v, a.m cascade; drop table a.t;",
    );
    let catalog = files.catalog;
    assert!(catalog.relations.is_empty() && catalog.policies.is_empty());
    assert!(catalog.indexes.is_empty() && catalog.foreign_keys.is_empty());
    let left: Vec<_> = catalog
        .routines
        .iter()
        .map(|one| one.object().name)
        .collect();
    assert_eq!(left, ["a.f(text)"]);
}

#[test]
fn keys_and_indexes_have_the_names_that_postgres_gives_them() {
    let files = files(
        "create table a.t (id int primary key, b int unique, c int references a.u, unique (b, c),
            constraint named primary_is_elsewhere check (true));
        create index on a.t (c); create index on a.t (lower(b::text)); create index if not exists t_c_idx on a.t (b);"
            .replace("constraint named primary_is_elsewhere check (true)", "check (b > 0)")
            .as_str(),
    );
    let names: Vec<_> = files
        .catalog
        .indexes
        .iter()
        .map(|one| one.name.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["t_pkey", "t_b_key", "t_b_c_key", "t_c_idx", "t_expr_idx"]
    );
    assert_eq!(files.catalog.foreign_keys[0].name, "t_c_fkey");
    assert!(files.catalog.relations[&name("a.t")].has_primary_key);
}

#[test]
fn rights_are_what_is_left_of_them() {
    let files = files(
        "create table a.t (id int, b text); grant all on a.t to x; revoke truncate, references, trigger on a.t from x;
        grant select (id), insert (id, b) on table a.t to y, owner; revoke insert on a.t from x;
        create function a.f() returns int language sql as 'select 1'; revoke all on function a.f() from public;
        grant execute on all functions in schema a to x;
        create function a.g() returns int language sql as 'select 1';
        alter default privileges revoke execute on functions from public;
        create function a.h() returns int language sql as 'select 1';",
    );
    let table = &files.catalog.relations[&name("a.t")];
    let said: Vec<_> = table
        .grants
        .iter()
        .map(|grant| format!("{} {} {}", grant.role, grant.verb, grant.columns.join(",")))
        .collect();
    // the owner needs none
    assert_eq!(
        said,
        [
            "x SELECT ",
            "x UPDATE ",
            "x DELETE ",
            "y SELECT id",
            "y INSERT id,b"
        ]
    );
    let callers: Vec<_> = files
        .catalog
        .routines
        .iter()
        .map(|one| {
            let roles: Vec<_> = one.grants.iter().map(|grant| grant.role.as_str()).collect();
            (one.name.name.as_str(), roles)
        })
        .collect();
    assert_eq!(
        callers,
        [("f", vec!["x"]), ("g", vec![PUBLIC]), ("h", Vec::new())]
    );
    assert!(files.catalog.default_privileges.is_empty());
}

#[test]
fn a_view_knows_what_it_reads_and_how() {
    let files = files(
        "create table public.t (id int); create table a.u (id int);
        create view public.v (one) with (security_invoker = on) as
        with c as (select id from t) select c.id from c join a.u on true where exists (select from a.gone);
        create view public.w with (security_invoker = false) as select 1 as one, now();
        alter view public.w set (security_invoker);
        create foreign table a.f (id int) server s;",
    );
    let view = &files.catalog.relations[&name("public.v")];
    assert!(view.is_invoker);
    let reads: Vec<_> = view.reads.iter().map(ToString::to_string).collect();
    assert_eq!(reads, ["a.u", "public.t"]);
    assert_eq!(view.columns[0].name, "one");
    assert!(files.catalog.relations[&name("public.w")].is_invoker);
    assert_eq!(
        files.catalog.relations[&name("a.f")].kind,
        RelationKind::Foreign
    );
}

/// As PostgreSQL reads a boolean.
#[test]
fn an_invoker_is_one_in_every_word_for_true() {
    for (option, expected) in [
        ("security_invoker", true),
        ("security_invoker = 't'", true),
        ("security_barrier, SECURITY_INVOKER = ON", true),
        ("security_invoker = 'TRUE'", true),
        ("security_invoker = 1", true),
        ("security_invoker = 'F'", false),
        ("security_invoker = of, security_barrier = true", false),
        ("security_barrier", false),
    ] {
        let made = format!("create view a.v with ({option}) as select 1 as one;");
        let altered = format!("create view a.v as select 1 as one; alter view a.v set ({option});");
        for text in [made.as_str(), altered.as_str()] {
            let files = read_all(text);
            assert_eq!(
                files.catalog.relations[&name("a.v")].is_invoker,
                expected,
                "{text}"
            );
        }
        let files = read_all(&(made + "alter view a.v reset (security_invoker);"));
        assert!(!files.catalog.relations[&name("a.v")].is_invoker);
    }
}

#[test]
fn a_name_without_schema_is_looked_for_along_the_path() {
    let files = files(
        "create table public.t (id int); set search_path = \"$user\", app, public;
        create table u (id int); alter table t enable row level security; create policy p on t using (true);
        create view v as select t.id from t join u using (id);
        reset search_path; create table w (id int);",
    );
    let catalog = files.catalog;
    assert_eq!(
        catalog.relations[&name("public.t")].row_security,
        Switch::On
    );
    assert_eq!(catalog.policies[0].relation, name("public.t"));
    let reads: Vec<_> = catalog.relations[&name("app.v")].reads.iter().collect();
    assert_eq!(reads, [&name("app.u"), &name("public.t")]);
    assert!(catalog.relations.contains_key(&name("public.w")));
}

/// Each statement once over all that is there took half a minute and more for these.
#[test]
fn roles_reach_through_others() {
    let files = files(
        "create role login noinherit; create role a; create role b in role a; grant b to login;
        grant a to c with inherit false; create role c; alter role b bypassrls;",
    );
    let roles = &files.catalog.roles;
    assert_eq!(Vec::from_iter(&roles["login"].member_of), ["a", "b"]);
    assert!(roles["login"].inherits.is_empty());
    assert_eq!(Vec::from_iter(&roles["b"].inherits), ["a"]);
    assert!(roles["c"].inherits.is_empty() && roles["b"].bypasses_rls);
}
