with counted as (

    select
        to_date(started_at) as started_on,
        count(*) as attempts,
        sum(deliveries) as deliveries,
        count_if(is_test) as test_attempts
    from {{ ref('fct_attempts') }}
    group by to_date(started_at)

),

days as (

    select explode(sequence(min(started_on), max(started_on))) as started_on
    from counted

),

final as (

    select
        days.started_on,
        weekday(days.started_on) >= 5 as is_weekend,
        coalesce(counted.attempts, 0) as attempts,
        coalesce(counted.deliveries, 0) as deliveries,
        coalesce(counted.test_attempts, 0) as test_attempts
    from days
    left join counted on days.started_on = counted.started_on

)

select * from final
