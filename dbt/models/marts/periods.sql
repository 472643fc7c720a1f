-- One row per span of days that pages offer, with the spans it is compared with; all count from data through.
{%- set fiscal_shift = "interval '" ~ (var('fiscal_year_starts') | int - 1) ~ " months'" %}
with anchor as (
  select {{ data_through() }} as last_day
),

span as (
  select min(date_day) as first_day from {{ source('gold', 'dim_dates') }}
),

starts as (
  select 1 as position, '28d' as period, 'Last 28 days' as label, last_day - 27 as starts_on, last_day as ends_on from anchor
  union all
  select 2, '90d', 'Last 90 days', last_day - 89, last_day from anchor
  union all
  select
    3,
    'ytd',
    case when {{ var('fiscal_year_starts') | int }} = 1 then 'Year to date' else 'Fiscal year to date' end,
    (date_trunc('year', last_day - {{ fiscal_shift }}) + {{ fiscal_shift }})::date,
    last_day
  from anchor
  union all
  select 4, '12m', 'Last 12 months', (last_day + 1 - interval '1 year')::date, last_day from anchor
  union all
  select 5, 'all', 'All', span.first_day, anchor.last_day from anchor cross join span
)

select
  position::integer as position,
  period::text as period,
  label::text as label,
  starts_on::date as starts_on,
  ends_on::date as ends_on,
  case when period <> 'all' then starts_on - (ends_on - starts_on + 1) end::date as previous_starts_on,
  case when period <> 'all' then starts_on - 1 end::date as previous_ends_on,
  case when period <> 'all' then (starts_on - interval '1 year') end::date as last_year_starts_on,
  case when period <> 'all' then (ends_on - interval '1 year') end::date as last_year_ends_on
from starts
where starts_on is not null and ends_on is not null
