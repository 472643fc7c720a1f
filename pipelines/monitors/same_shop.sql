-- How many of a sample of the numbers in the release before are in the table: none or hardly any in another shop's.
with earlier as (
  select name
  from profile
  where position = 1 and measure = 'sample'
),

kept as (
  select
    count(*) as sampled,
    count(*) filter (name in (select hash_of(member) from watched)) as kept
  from earlier
)

select
  (select dimension from monitor) as subject,
  kept as value,
  sampled / 10 as low,
  null as high,
  sampled >= 20 as is_known,
  'another shop? ' || counted(kept) || ' of ' || counted(sampled) || ' sampled ' || (select dimension from monitor)
    || 's of the release before are there' as words
from kept
