-- requires: sql/functions/ops.reset_rights.sql
call ops.reset_rights('ops.outbox');

-- NOTE: nobody gets anything, not even to read: mails hold links that open accounts. The server calls ops.take_mails()
-- and ops.settle_mail().

create policy all_owner on ops.outbox for all to desk_owner using (true) with check (true);

comment on table ops.outbox is
'Mails that are to be sent, and that were.';
