with attempts as (

    select
        keen_id,
        deliveries,
        is_test,
        to_date(started_at) as started_on
    from {{ ref('fct_attempts') }}

),

days as (

    select explode(sequence(min(started_on), max(started_on))) as started_on
    from attempts

),

final as (

    select
        days.started_on,
        weekday(days.started_on) >= 5 as is_weekend,
        count(attempts.keen_id) as attempts,
        coalesce(sum(attempts.deliveries), 0) as deliveries,
        count_if(attempts.is_test) as test_attempts
    from days
    left join attempts on days.started_on = attempts.started_on
    group by days.started_on

)

select * from final
