select
    load_id,
    landed_at,
    messages,
    accepted,
    duplicates,
    rejected,
    question_responses,
    option_choices,
    is_reconciled
from {{ schema }}.load_reconciliation
where not is_late
order by load_id desc
