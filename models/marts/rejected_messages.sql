with rejected as (

    select * from {{ ref('stg_assess__messages') }}
    where disposition = 'rejected'

),

raw_messages as (

    select * from {{ source('raw', 'assess') }}
    -- Known before the raw table is read, of which only these partitions are: most loads have none.
    where array_contains((select collect_set(rejected.load_id) from rejected), load_id)

)

select
    rejected.load_id,
    rejected.topic,
    rejected.partition,
    rejected.offset,
    rejected.rejection_reason,
    rejected.keen_id,
    rejected.user_exam_id,
    rejected.key,
    raw_messages.value,
    try_validate_utf8(cast(raw_messages.value as string)) as value_as_text,
    rejected.message_sha256,
    rejected.source,
    rejected.record,
    rejected.published_at,
    rejected.landed_at
from rejected
inner join raw_messages
    on
        rejected.load_id = raw_messages.load_id
        and rejected.topic = raw_messages.topic
        and rejected.partition = raw_messages.partition
        and rejected.offset = raw_messages.offset
