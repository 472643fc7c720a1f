-- 100 tickets a month: country and language of the customers who come then, going from `share_first` to `share_last`.
with shares (place, country, language, share_first, share_last) as (
  values
    (1, 'Germany', 'German', 34, 24),
    (2, 'United States', 'English', 22, 26),
    (3, 'United Kingdom', 'English', 14, 13),
    (4, 'France', 'French', 12, 11),
    (5, 'Netherlands', 'Dutch', 6, 6),
    (6, 'Austria', 'German', 5, 1),
    (7, 'Poland', 'Polish', 4, 12),
    (8, 'Japan', 'Japanese', 3, 7)
),

months as (
  select cast(unnest(range(36)) as integer) as month
),

summed as (
  select
    *,
    share_first * (35 - month) + share_last * month as share,
    sum(share_first * (35 - month) + share_last * month) over (partition by month order by place) as share_until
  from months
  cross join shares
)

select
  month,
  country,
  languages.place as language,
  unnest(range(cast((share_until - share) // 35 as bigint), cast(share_until // 35 as bigint))) as ticket
from summed
join languages using (language)
order by month, ticket
