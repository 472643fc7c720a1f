-- What the change of cost makes of the margin, by version and of lines without one, adds up to that of all lines.
with by_version as (
  select coalesce(sum(margin_difference_amount), 0) as amount from {{ ref('product_versions') }}
),

lines as (
  select
    coalesce(sum(margin_today_amount), 0) - coalesce(sum(margin_amount), 0) as amount,
    coalesce(sum(margin_today_amount) filter (where version_key is null), 0)
    - coalesce(sum(margin_amount) filter (where version_key is null), 0) as amount_without_version
  from {{ ref('sales') }}
)

select by_version.amount as by_version, lines.amount_without_version, lines.amount as all_lines
from by_version
cross join lines
where by_version.amount + lines.amount_without_version <> lines.amount
