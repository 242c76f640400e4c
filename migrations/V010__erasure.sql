-- A client that is erased keeps its number, and says so. No index: a client is looked for by its number.
alter table public.clients add column erased_at timestamptz;
