with bins as (

    select *
    from
        values
        (1, 'under 15 s', double('-infinity'), 15D),
        (2, '15 to 30 s', 15D, 30D),
        (3, '30 s to 1 min', 30D, 60D),
        (4, '1 to 2 min', 60D, 120D),
        (5, '2 to 5 min', 120D, 300D),
        (6, '5 to 15 min', 300D, 900D),
        (7, '15 min to 1 h', 900D, 3600D),
        (8, 'over 1 h', 3600D, double('infinity'))
            as bins (bin, label, from_seconds, to_seconds)

),

attempts as (

    select * from {{ ref('fct_attempts') }}
    where not is_test

),

counted as (

    select
        bins.bin,
        count(*) as attempts
    from attempts
    inner join bins
        on attempts.duration_seconds >= bins.from_seconds and attempts.duration_seconds < bins.to_seconds
    group by bins.bin

),

final as (

    select
        bins.bin,
        bins.label,
        nullif(bins.from_seconds, double('-infinity')) as from_seconds,
        nullif(bins.to_seconds, double('infinity')) as to_seconds,
        coalesce(counted.attempts, 0) as attempts
    from bins
    left join counted on bins.bin = counted.bin

)

select * from final
