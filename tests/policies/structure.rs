//! What the catalog itself must say, about every object there is.

use tokio_postgres::Client;

use super::table::{reachable_roles, texts};
use crate::harness::desk::{desk, execute};

const NOTHING: [&str; 0] = [];

/// Tables that `migrate` itself keeps: rows without a secret, and no role but the owner has any right.
const LEDGERS: &str = "('ops.refinery_schema_history', 'ops.repeatable_files')";

/// Everything with an access list, as (what, its name, owner, its list), schemas of the system apart.
const LISTS: &str = "
    ours as (
        select * from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
    ),
    lists as (
        select 'schema' as kind, nspname::text as name, nspowner as owner,
            coalesce(nspacl, acldefault('n', nspowner)) as list
        from ours
        union all
        select case c.relkind when 'S' then 'sequence' else 'relation' end,
            o.nspname || '.' || c.relname, c.relowner,
            coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::\"char\", c.relowner))
        from pg_class c join ours o on o.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        union all
        select 'column', o.nspname || '.' || c.relname || '.' || a.attname, c.relowner, a.attacl
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        join ours o on o.oid = c.relnamespace
        where a.attacl is not null
        union all
        select 'function', p.oid::regprocedure::text, p.proowner,
            coalesce(p.proacl, acldefault('f', p.proowner))
        from pg_proc p join ours o on o.oid = p.pronamespace
        union all
        select 'type', t.oid::regtype::text, t.typowner,
            coalesce(t.typacl, acldefault('T', t.typowner))
        from pg_type t join ours o on o.oid = t.typnamespace
        where t.typelem = 0
            -- the row type of a relation has no list of its own
            and not exists (select from pg_class c where c.oid = t.typrelid and c.relkind <> 'c')
    ),
    rights as (
        select l.kind, l.name, l.owner, acl.grantee, acl.privilege_type as verb,
            case acl.grantee when 0 then 'PUBLIC' else acl.grantee::regrole::text end as who
        from lists l cross join aclexplode(l.list) as acl
    )";

async fn rights(admin: &Client, condition: &str) -> Vec<String> {
    let statement = format!(
        "with {LISTS} select who || ': ' || verb || ' on ' || kind || ' ' || name from rights
        where {condition} order by 1"
    );
    texts(admin, &statement).await
}

#[tokio::test]
async fn the_public_has_no_right_to_anything_of_ours() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let of_public = "grantee = 0 and kind <> 'type'";
    // Postgres' own: without CREATE it lets nobody do anything.
    let known = ["PUBLIC: USAGE on schema public"];
    assert_eq!(rights(&admin, of_public).await, known);

    execute(
        &admin,
        "grant execute on function claims.client_id to public",
    )
    .await;
    assert_eq!(
        rights(&admin, of_public).await,
        ["PUBLIC: EXECUTE on function claims.client_id()", known[0]]
    );
}

#[tokio::test]
async fn what_the_owner_makes_later_is_nobodys() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    for schema in [
        "public",
        "filter",
        "analytics",
        "claims",
        "ops",
        "auth",
        "kept",
        "workflow",
    ] {
        execute(
            &admin,
            &format!(
                "set role desk_owner;
                create table {schema}.later (id serial);
                create view {schema}.later_view as select 1 as one;
                create materialized view {schema}.later_copy as select 1 as one;
                create type {schema}.later_type as (one integer);
                create function {schema}.later() returns integer language sql return 1;
                create procedure {schema}.later_still() language sql as 'select 1';
                reset role"
            ),
        )
        .await;
    }
    let others = rights(&admin, "name ~ 'later' and grantee <> owner").await;
    assert_eq!(others, NOTHING);
    // and the check sees them at all
    assert!(rights(&admin, "name ~ 'later'").await.len() > 30);
}

/// Which of them a role has, the matrix says; no other verb is anybody's: whoever may TRUNCATE steps
/// over every policy, REFERENCES and TRIGGER ask about rows that one does not see.
#[tokio::test]
async fn nobody_but_the_owner_may_do_more_than_read_write_and_execute() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let more = "grantee not in (owner, 0) and who <> 'desk_owner'
        and verb <> all (case kind
            when 'relation' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE']
            when 'column' then array['SELECT', 'INSERT', 'UPDATE']
            when 'function' then array['EXECUTE']
            else array['USAGE'] end)";
    assert_eq!(rights(&admin, more).await, NOTHING);
    // and these write nothing at all, but for what the server keeps for itself
    let strangers = "who in ('desk_anon', 'desk_internal', 'desk_worker', 'desk_authenticator')
        and (verb in ('INSERT', 'UPDATE', 'DELETE') or kind = 'sequence')
        and (who <> 'desk_worker' or name <> 'kept.idempotency_keys')";
    assert_eq!(rights(&admin, strangers).await, NOTHING);

    execute(
        &admin,
        "grant truncate on public.tickets to desk_admin;
        grant references (id) on public.clients to desk_client;
        grant update on sequence public.tickets_id_seq to desk_client;
        grant insert (title) on public.tickets to desk_internal",
    )
    .await;
    assert_eq!(
        rights(&admin, more).await,
        [
            "desk_admin: TRUNCATE on relation public.tickets",
            "desk_client: REFERENCES on column public.clients.id",
            "desk_client: UPDATE on sequence public.tickets_id_seq",
        ]
    );
    assert_eq!(
        rights(&admin, strangers).await,
        ["desk_internal: INSERT on column public.tickets.title"]
    );
}

/// `verb_scope`, one role, one verb, and what may be written said in so many words.
#[tokio::test]
async fn every_policy_is_for_one_role_and_one_verb() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let odd = "select polrelid::regclass || '.' || polname from pg_policy
        where polname <> 'all_owner' and not (
            cardinality(polroles) = 1 and polcmd <> '*'
            and polname like case polcmd
                when 'r' then 'select' when 'a' then 'insert'
                when 'w' then 'update' when 'd' then 'delete' end || '\\_%'
            and (polcmd not in ('a', 'w') or polwithcheck is not null)
        ) order by 1";
    assert_eq!(texts(&admin, odd).await, NOTHING);

    execute(
        &admin,
        "create policy insert_oops on public.payments for all to desk_admin using (true);
        create policy update_oops on public.payments for update to desk_admin using (true);
        create policy select_oops on public.payments for select to desk_admin, desk_client using (true);
        create policy oops on public.payments for delete to desk_admin using (true)",
    )
    .await;
    assert_eq!(
        texts(&admin, odd).await,
        [
            "payments.insert_oops",
            "payments.oops",
            "payments.select_oops",
            "payments.update_oops"
        ]
    );
}

/// Whatever may be written is held against `ops.check_row`: a new table, too.
#[tokio::test]
async fn every_row_that_an_api_role_writes_is_measured() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let unmeasured = format!(
        "with {LISTS}
        select distinct substring(name from '^[^.]+[.][^.]+') from rights
        where verb in ('INSERT', 'UPDATE') and kind in ('relation', 'column')
            and grantee not in (owner, 0) and who <> 'desk_owner'
            -- the server's own notes
            and name !~ '^kept[.]idempotency_keys'
            and not exists (
                select from pg_trigger
                where tgrelid = substring(name from '^[^.]+[.][^.]+')::regclass
                    and tgfoid = 'ops.check_row'::regproc
                    and tgtype & 23 = 23
            )
        order by 1"
    );
    assert_eq!(texts(&admin, &unmeasured).await, NOTHING);

    execute(&admin, "drop trigger check_row on public.payments").await;
    assert_eq!(texts(&admin, &unmeasured).await, ["public.payments"]);
}

/// A right without a policy reaches no row, a policy without a right waits for somebody's mistake.
#[tokio::test]
async fn every_right_to_write_has_its_policy_and_the_other_way_round() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let unmatched = format!(
        "with {LISTS},
        granted as (
            select distinct replace(regexp_replace(name, '(\\..*)\\..*', '\\1'), 'public.', '') as relation,
                who, verb
            from rights where verb in ('INSERT', 'UPDATE', 'DELETE') and kind in ('relation', 'column')
            and who <> 'desk_owner' and grantee <> owner
        ),
        allowed as (
            select polrelid::regclass::text as relation, unnest(polroles)::regrole::text as who,
                case polcmd when 'a' then 'INSERT' when 'w' then 'UPDATE' else 'DELETE' end as verb
            from pg_policy where polcmd in ('a', 'w', 'd') and polpermissive
        )
        select 'right without policy: ' || concat_ws(' ', who, verb, relation) from (
            select * from granted as g
            where not exists (
                select from allowed as a
                where a.relation = g.relation and a.verb = g.verb and pg_has_role(g.who, a.who, 'usage')
            )
        ) as g
        union all
        select 'policy without right: ' || concat_ws(' ', who, verb, relation) from (
            select * from allowed as a
            where not exists (
                select from granted as g
                where a.relation = g.relation and a.verb = g.verb and pg_has_role(a.who, g.who, 'usage')
            )
        ) as a
        order by 1"
    );
    assert_eq!(texts(&admin, &unmatched).await, NOTHING);

    execute(
        &admin,
        "grant delete on public.payments to desk_agent;
        create policy delete_oops on public.clients for delete to desk_client using (true)",
    )
    .await;
    assert_eq!(
        texts(&admin, &unmatched).await,
        [
            "policy without right: desk_client DELETE clients",
            "right without policy: desk_agent DELETE payments"
        ]
    );
}

#[tokio::test]
async fn every_object_belongs_to_the_owner() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let found = rights(
        &admin,
        "owner <> 'desk_owner'::regrole and name <> 'public' and grantee = owner",
    )
    .await;
    assert_eq!(found, NOTHING);
}

#[tokio::test]
async fn every_table_forces_row_level_security_and_has_policies_for_named_roles() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let tables = format!(
        "pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and n.nspname || '.' || c.relname not in {LEDGERS}"
    );
    let open = format!(
        "select c.oid::regclass::text from {tables}
        and not (c.relrowsecurity and c.relforcerowsecurity) order by 1"
    );
    let without_owner = format!(
        "select c.oid::regclass::text from {tables} and not exists (
            select from pg_policy p where p.polrelid = c.oid and p.polname = 'all_owner'
            and p.polcmd = '*' and p.polroles = array['desk_owner'::regrole::oid]
        ) order by 1"
    );
    let for_everybody = "select polrelid::regclass || '.' || polname from pg_policy
        where 0 = any (polroles) order by 1";
    assert_eq!(texts(&admin, &open).await, NOTHING);
    assert_eq!(texts(&admin, &without_owner).await, NOTHING);
    assert_eq!(texts(&admin, for_everybody).await, NOTHING);
    let to_others = format!(
        "with {LISTS} select who || ' ' || name from rights
        where name in {LEDGERS} and kind = 'relation' and grantee <> owner"
    );
    assert_eq!(texts(&admin, &to_others).await, NOTHING);

    execute(
        &admin,
        "create table public.open (id integer);
        alter table public.payments no force row level security;
        create policy oops on public.tickets for select using (true)",
    )
    .await;
    assert_eq!(texts(&admin, &open).await, ["open", "payments"]);
    assert_eq!(texts(&admin, &without_owner).await, ["open"]);
    assert_eq!(texts(&admin, for_everybody).await, ["tickets.oops"]);
}

/// A bare call would run once a row.
#[tokio::test]
async fn policies_ask_for_claims_once_a_statement() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let bare = "select polrelid::regclass || '.' || polname
        from pg_policy
        cross join lateral concat_ws(
            ' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
        ) as rule
        cross join lateral regexp_replace(
            rule, 'SELECT claims\\.|claims\\.can_see\\(', '', 'g'
        ) as left_over
        where left_over ~ 'claims\\.' order by 1";
    assert_eq!(texts(&admin, bare).await, NOTHING);

    execute(
        &admin,
        "create policy oops on public.tickets for select to desk_client
        using (client_id = claims.client_id())",
    )
    .await;
    assert_eq!(texts(&admin, bare).await, ["tickets.oops"]);
}

#[tokio::test]
async fn functions_with_the_owners_rights_pin_their_search_path() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let loose = "select p.oid::regprocedure::text
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang
        where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and (p.prosecdef or l.lanname = 'plpgsql')
        and not coalesce(p.proconfig, '{}') @> array['search_path=\"\"']
        order by 1";
    // a procedure that pins it may not commit, and rebuilding must; whatever it names is qualified
    let rebuild = "analytics.rebuild(text)";
    assert_eq!(texts(&admin, loose).await, [rebuild]);
    // none that takes identity or text from outside; but the server signs people in and does its own work by
    // calling those that functions.txt keeps from everybody else. In the API only those by which admins have to do with
    // the schema auth, which is closed to them, too
    let definers = "select p.oid::regprocedure::text from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and n.nspname !~ '^pg_'
        and (n.nspname in ('public', 'filter') or p.pronargs > 0 and n.nspname <> 'auth'
            and not has_function_privilege('desk_worker', p.oid, 'execute'))";
    // numbers of rows: whose account and names these are, it decides by who asks
    let known = "claims.person(integer,integer)";
    // auth is closed to everybody: which accounts and sessions are theirs to manage, auth.managed_account and the
    // session of the token decide (tests/people); keys are the admins' by grant (tests/auth/api_keys.rs)
    let people = [
        "accounts()",
        "api_keys()",
        "approve_account(text,integer,text)",
        "create_api_key(text,text,integer,integer,timestamp with time zone)",
        "disable_account(text)",
        "enable_account(text)",
        "invite(text)",
        "link_account(text,integer,integer)",
        "my_sessions()",
        "revoke_api_key(bigint)",
        "revoke_session(uuid)",
        "set_account_role(text,text)",
    ];
    let mut expected = vec![known];
    expected.extend(people);
    let definers = format!("{definers} order by n.nspname = 'public', 1");
    assert_eq!(texts(&admin, &definers).await, expected);

    execute(
        &admin,
        "create function public.oops() returns integer language sql security definer return 1",
    )
    .await;
    assert_eq!(texts(&admin, loose).await, [rebuild, "oops()"]);
    expected.insert(expected.len() - 3, "oops()");
    assert_eq!(texts(&admin, &definers).await, expected);
}

/// Materialized views know no row-level security, views only as security invoker.
#[tokio::test]
async fn views_ask_with_the_callers_rights_and_copies_stay_out_of_the_api() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let definers = "select c.oid::regclass::text from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'v' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on']
        order by 1";
    let copies = "select c.oid::regclass::text from pg_class c
        where c.relkind in ('m', 'f') and c.relnamespace <> 'analytics'::regnamespace";
    assert_eq!(texts(&admin, definers).await, NOTHING);
    assert_eq!(texts(&admin, copies).await, NOTHING);

    execute(
        &admin,
        "create view public.oops as select * from public.payments;
        create materialized view public.copy as select * from public.payments",
    )
    .await;
    assert_eq!(texts(&admin, definers).await, ["oops"]);
    assert_eq!(texts(&admin, copies).await, ["copy"]);
}

#[tokio::test]
async fn no_role_of_ours_is_above_the_policies() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let mighty = "select rolname::text from pg_roles
        where (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
        and (rolname like 'desk\\_%' or pg_has_role('desk_authenticator', oid, 'member'))";
    assert_eq!(texts(&admin, mighty).await, NOTHING);
    let who_logs_in = "select rolname::text from pg_roles
        where rolcanlogin and rolname like 'desk\\_%'";
    assert_eq!(texts(&admin, who_logs_in).await, ["desk_authenticator"]);
    // everybody below the owner: none inherits from it or may become it
    let owners = "select rolname::text from pg_roles
        where rolname like 'desk\\_%' and rolname <> 'desk_owner'
        and pg_has_role(oid, 'desk_owner', 'member')";
    assert_eq!(texts(&admin, owners).await, NOTHING);
    // predefined roles such as pg_read_all_data step over grants, some over policies
    let predefined = "select r.rolname || ' is ' || p.rolname
        from pg_roles r join pg_roles p on pg_has_role(r.oid, p.oid, 'member')
        where r.rolname like 'desk\\_%' and p.rolname like 'pg\\_%'";
    assert_eq!(texts(&admin, predefined).await, NOTHING);
    let passing_on = "select member::regrole || ' of ' || roleid::regrole from pg_auth_members
        where admin_option and member::regrole::text like 'desk\\_%'";
    assert_eq!(texts(&admin, passing_on).await, NOTHING);
}

#[tokio::test]
async fn the_login_has_no_rights_of_its_own() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    assert_eq!(rights(&admin, "who = 'desk_authenticator'").await, NOTHING);
    let inherits = "select rolname::text from pg_roles
        where rolname = 'desk_authenticator' and rolinherit";
    assert_eq!(texts(&admin, inherits).await, NOTHING);
    // from 16 on the membership decides, not the role
    let inherited = "select roleid::regrole::text from pg_auth_members as m
        where member = 'desk_authenticator'::regrole
        and coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, false)";
    assert_eq!(texts(&admin, inherited).await, NOTHING);
    let mut roles = reachable_roles(&admin).await;
    roles.sort();
    assert_eq!(
        roles,
        [
            "desk_admin",
            "desk_agent",
            "desk_anon",
            "desk_authenticator",
            "desk_client",
            "desk_internal",
            "desk_manager",
            "desk_service",
            "desk_worker"
        ]
    );
}

#[tokio::test]
async fn nobody_but_the_owner_creates_objects() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let creators = "select r.rolname || ' in ' || n.nspname
        from pg_roles r cross join pg_namespace n
        where r.rolname like 'desk\\_%' and r.rolname <> 'desk_owner'
        and has_schema_privilege(r.oid, n.oid, 'create')
        union all
        select r.rolname || ' in the database' from pg_roles r
        where r.rolname like 'desk\\_%' and r.rolname <> 'desk_owner'
        and has_database_privilege(r.oid, current_database(), 'create')";
    assert_eq!(texts(&admin, creators).await, NOTHING);
}

/// Who asks is in the token. No function that a URL reaches sets it, or takes it for an argument.
#[tokio::test]
async fn no_function_of_the_api_settles_who_asks() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let settling = "select oid::regprocedure::text from pg_proc
        where pronamespace = 'public'::regnamespace
        and (
            (pg_get_functiondef(oid) ~* 'set_config|session authorization|set (local |session )?role|execute format'
            or proargnames && '{role,sub,claims,jwt,token,account,account_id,session_id,caller,actor}')
            -- these are about others, and look at the caller's own session (tests/people, tests/auth/api_keys.rs)
            and proname <> all ('{api_keys,create_api_key,approve_account,disable_account,enable_account,link_account,set_account_role}')
        )";
    assert_eq!(texts(&admin, settling).await, NOTHING);
    execute(
        &admin,
        "create function public.become(claims text) returns text language sql
         as $$ select set_config('request.jwt.claims', claims, true) $$",
    )
    .await;
    assert_eq!(texts(&admin, settling).await, ["become(text)"]);
}
