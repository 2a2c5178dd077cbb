select
    load_id,
    landed_at,
    messages,
    accepted,
    duplicates,
    rejected,
    questions,
    options,
    is_reconciled
from {{ schema }}.load_reconciliation
order by load_id desc
