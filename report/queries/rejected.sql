select
    rejection_reason,
    count(*) as messages,
    max(landed_at) as last_landed_at
from {{ schema }}.rejected_messages
group by rejection_reason
order by messages desc, rejection_reason
