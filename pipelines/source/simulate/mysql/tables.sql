-- The tables of a simulated shop in MySQL or MariaDB, as a shop would declare them that never cleaned up: text where
-- something is mistyped, a key where one holds.
create table crm_cust_info (
  id bigint unsigned not null auto_increment primary key,
  cst_id varchar(20),
  cst_key varchar(50),
  cst_firstname varchar(100),
  cst_lastname varchar(100),
  cst_marital_status varchar(10),
  cst_gndr varchar(10),
  cst_create_date varchar(20),
  updated_at timestamp(6) not null default current_timestamp(6) on update current_timestamp(6),
  key (updated_at)
) engine = innodb default charset = utf8mb4;

create table crm_prd_info (
  prd_id int unsigned not null primary key,
  prd_key varchar(50) not null,
  prd_nm varchar(100) not null,
  prd_cost varchar(20),
  prd_line varchar(10),
  prd_start_dt date not null,
  prd_end_dt date
) engine = innodb default charset = utf8mb4;

create table crm_sales_details (
  id bigint unsigned not null auto_increment primary key,
  sls_ord_num varchar(20) not null,
  sls_prd_key varchar(50),
  sls_cust_id varchar(20),
  sls_order_dt varchar(10),
  sls_ship_dt varchar(10),
  sls_due_dt varchar(10),
  sls_sales varchar(20),
  sls_quantity varchar(20),
  sls_price varchar(20),
  updated_at timestamp(6) not null default current_timestamp(6) on update current_timestamp(6),
  key (sls_ord_num),
  key (updated_at)
) engine = innodb default charset = utf8mb4;

create table erp_cust_az12 (
  cid varchar(50) not null,
  bdate varchar(20),
  gen varchar(20),
  unique key (cid)
) engine = innodb default charset = utf8mb4;

create table erp_loc_a101 (
  cid varchar(50),
  cntry varchar(100)
) engine = innodb default charset = utf8mb4;

create table erp_px_cat_g1v2 (
  id varchar(50) not null primary key,
  cat varchar(100),
  subcat varchar(100),
  maintenance varchar(10)
) engine = innodb default charset = utf8mb4;
