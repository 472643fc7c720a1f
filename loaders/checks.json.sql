-- Every check of the release.
select name, kind, status, failures, description, detail
from assay.checks
order by status = 'pass', name
