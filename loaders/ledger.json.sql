-- The ledger, line by line; numbers as exact text.
select
  hop,
  from_table,
  table_name,
  measure,
  cast(amount_in as varchar) as amount_in,
  cast(amount_out as varchar) as amount_out,
  cast(corrected as varchar) as corrected,
  cast(rejected as varchar) as rejected,
  cast(outside as varchar) as outside,
  cast(unexplained as varchar) as unexplained,
  mismatched_rows,
  reasons
from assay.ledger
