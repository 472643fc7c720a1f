-- One row per order of a pattern: every block of 20 lines is 10 orders of 1 to 5 lines, split by one of 64 patterns.
with splits (split, sizes) as (
  values
    (0, [1, 1, 1, 1, 1, 2, 2, 3, 4, 4]),
    (1, [1, 1, 1, 1, 1, 1, 2, 3, 4, 5]),
    (2, [1, 1, 1, 1, 2, 2, 2, 3, 3, 4]),
    (3, [1, 1, 1, 1, 1, 1, 1, 3, 5, 5]),
    (4, [1, 1, 1, 2, 2, 2, 2, 2, 3, 4]),
    (5, [1, 1, 1, 1, 1, 2, 2, 3, 3, 5])
),

patterns as (
  select unnest(range(64)) as pattern
),

orders as (
  select pattern, unnest(sizes) as size, unnest(range(10)) as place
  from patterns
  join splits on split = pattern % 6
),

shuffled as (
  select
    pattern,
    size,
    row_number() over (partition by pattern order by draw('basket', pattern * 10 + place)) - 1 as slot
  from orders
)

select
  pattern,
  slot,
  size,
  cast(sum(size) over (partition by pattern order by slot) - size as bigint) as lines_before
from shuffled
order by pattern, slot
