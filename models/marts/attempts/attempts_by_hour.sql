with hours as (

    select explode(sequence(0, 23)) as start_hour

),

attempts as (

    select * from {{ ref('fct_attempts') }}

),

final as (

    select
        hours.start_hour,
        count(attempts.keen_id) as attempts,
        coalesce(sum(attempts.deliveries), 0) as deliveries,
        count_if(attempts.is_test) as test_attempts,
        count(attempts.keen_id) > 0
        and count(attempts.keen_id) = max(count(attempts.keen_id)) over () as is_most_popular
    from hours
    left join attempts on hours.start_hour = attempts.start_hour
    group by hours.start_hour

)

select * from final
