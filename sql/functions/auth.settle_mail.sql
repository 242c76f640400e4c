-- requires: sql/policies/ops.outbox.sql
--
-- What became of a mail that was lent: sent, and its body goes; or why not, and it is lent again.
--
--     in   id; failure: where it was not sent
--     out  nothing in it
create or replace function auth.settle_mail(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
begin
    update ops.outbox as o
    set sent_at = case when request ->> 'failure' is null then now() end,
        body = case when request ->> 'failure' is not null then o.body end,
        failure = request ->> 'failure'
    where o.id = (request ->> 'id')::bigint
        and o.sent_at is null;
    return '{}';
end
$$;
comment on function auth.settle_mail(jsonb) is
'Notes what became of a mail.';
revoke all on function auth.settle_mail(jsonb) from public;
grant execute on function auth.settle_mail(jsonb) to desk_worker;
