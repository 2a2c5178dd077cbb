select
    rejection_reason,
    messages,
    last_landed_at
from {{ schema }}.rejection_reasons
order by messages desc, rejection_reason
