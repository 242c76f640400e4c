-- A fold changes sums in place. With room left on each page the new version of a cell stays on its page and the
-- index is left alone (a HOT update): 0.19 s of processor time for a fold of 1,000 changes instead of 0.23.
alter table analytics.ticket_cells set (fillfactor = 85);
alter table analytics.duration_cells set (fillfactor = 85);
