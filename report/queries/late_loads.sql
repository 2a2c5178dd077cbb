select
    load_id,
    messages
from {{ schema }}.load_reconciliation
where is_late
order by load_id desc
