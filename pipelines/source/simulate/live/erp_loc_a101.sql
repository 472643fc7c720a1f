-- Countries of the new customers, as the ERP writes them: the id with a hyphen.
select letters || '-' || digits as cid, cntry
from customers
order by place
