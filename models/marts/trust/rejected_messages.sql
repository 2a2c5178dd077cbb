with rejected as (

    select * from {{ ref('stg_assess__messages') }}
    where disposition = 'rejected'

),

final as (

    select
        load_id,
        topic,
        partition,
        offset,
        rejection_reason,
        keen_id,
        user_exam_id,
        key,
        rejected_value as value,
        try_validate_utf8(cast(rejected_value as string)) as value_as_text,
        message_sha256,
        source_file,
        source_position,
        published_at,
        landed_at
    from rejected

)

select * from final
