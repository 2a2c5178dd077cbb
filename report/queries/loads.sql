select
    load_id,
    landed_at,
    messages,
    accepted,
    duplicates,
    rejected,
    question_responses,
    option_choices,
    is_staged,
    is_reconciled
from {{ schema }}.load_reconciliation
order by load_id desc
