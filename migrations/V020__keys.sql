-- Keys of machines, and links that a browser proves to have asked for.

-- Named, for one role, and known by their SHA-256: what begins with rdk_ is told once, when it is made. No foreign
-- keys, as of auth.accounts: a trigger deletes those whose client or team member goes (auth.unlink_accounts).
create table auth.api_keys (
    id bigint generated always as identity primary key,
    name text not null,
    key_hash bytea not null,
    role text not null,
    client_id integer,
    team_member_id integer,
    created_at timestamptz not null default now(),
    created_by uuid,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    constraint api_keys_key_hash_key unique (key_hash),
    constraint api_keys_key_hash_check check (length(key_hash) = 32),
    constraint api_keys_name_check check (length(btrim(name)) between 1 and 100),
    -- exactly the link that the role asks for
    constraint api_keys_link_check check (
        case role
            when 'desk_service' then client_id is null and team_member_id is null
            when 'desk_client' then client_id is not null and team_member_id is null
            else role in ('desk_agent', 'desk_manager', 'desk_admin') and client_id is null and team_member_id is not null
        end
    )
);
create unique index api_keys_name_key on auth.api_keys (name) where revoked_at is null;
comment on index auth.api_keys_name_key is 'Of the keys that work, each has a name of its own.';

-- Who asked for a link proves it when the link was followed (RFC 7636): the challenge goes from the link to the code
-- that it gives.
alter table auth.one_time_tokens add column code_challenge text;
alter table auth.one_time_tokens drop constraint one_time_tokens_kind_check;
alter table auth.one_time_tokens add constraint one_time_tokens_kind_check check (kind in ('recovery', 'invite', 'code'));
