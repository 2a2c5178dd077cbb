with rejected as (

    select * from {{ ref('rejected_messages') }}

),

final as (

    select
        rejection_reason,
        count(*) as messages,
        min(landed_at) as first_landed_at,
        max(landed_at) as last_landed_at
    from rejected
    group by rejection_reason

)

select * from final
