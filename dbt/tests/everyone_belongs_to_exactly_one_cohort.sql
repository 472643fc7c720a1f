-- The cohort sizes add up to the customers with a dated order.
with cohorts as (
  select coalesce(sum(cohort_size), 0) as customers
  from {{ ref('monthly_cohorts') }}
  where months_since = 0
),

buyers as (
  select count(*) as customers
  from {{ ref('customers') }}
  where first_order_on is not null
)

select cohorts.customers as in_cohorts, buyers.customers as with_a_dated_order
from cohorts
cross join buyers
where cohorts.customers <> buyers.customers
