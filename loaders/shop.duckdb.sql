-- What the browser's DuckDB asks: the same schemas and names as `npx assay sql`, personal data withheld.
create schema extract.gold;
create schema extract.marts;
create schema extract.assay;

create table extract.gold.dim_products as from gold.dim_products;
create table extract.gold.dim_dates as from gold.dim_dates;

create table extract.marts.sales as from marts.sales order by order_date, _row;
create table extract.marts.daily_sales as from marts.daily_sales order by date_day;
create table extract.marts.customers as from marts.customers order by customer_key;
create table extract.marts.products as from marts.products order by product_number;
create table extract.marts.product_versions as from marts.product_versions order by product_key;
create table extract.marts.product_months as from marts.product_months order by product_number, month_on;
create table extract.marts.product_pairs as from marts.product_pairs order by product_number, other_product_number;
create table extract.marts.monthly_cohorts as from marts.monthly_cohorts order by cohort_month, months_since;
create table extract.marts.periods as from marts.periods order by position;

create table extract.assay.ledger as from assay.ledger;
create table extract.assay.checks as from assay.checks;
create table extract.assay.rejects as from assay.rejects;
create table extract.assay.corrections as from assay.corrections;
create table extract.assay.data_through as from assay.data_through;
