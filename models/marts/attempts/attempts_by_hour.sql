with hours as (

    select explode(sequence(0, 23)) as start_hour

),

counted as (

    select
        start_hour,
        count(*) as attempts,
        sum(deliveries) as deliveries,
        count_if(is_test) as test_attempts
    from {{ ref('fct_attempts') }}
    group by start_hour

),

final as (

    select
        hours.start_hour,
        coalesce(counted.attempts, 0) as attempts,
        coalesce(counted.deliveries, 0) as deliveries,
        coalesce(counted.test_attempts, 0) as test_attempts,
        coalesce(counted.attempts = max(counted.attempts) over (), false) as is_most_popular
    from hours
    left join counted on hours.start_hour = counted.start_hour

)

select * from final
