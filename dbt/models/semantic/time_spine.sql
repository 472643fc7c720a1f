-- One row per calendar day of the span of order dates.
select date_day from {{ source('gold', 'dim_dates') }}
