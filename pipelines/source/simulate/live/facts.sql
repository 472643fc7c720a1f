-- What happened on the day, in numbers.
select
  cast((select count(*) from orders where not is_late) as integer) as orders,
  cast((select count(*) from lines) as integer) as lines,
  cast((select count(*) from orders where is_late) as integer) as late,
  cast((select count(*) from customers) as integer) as customers,
  cast((select count(*) from corrections) as integer) as corrected,
  cast((select count(*) from deletions) as integer) as deleted,
  cast((select count(*) from prices) as integer) as prices
