with bins as (

    select explode(sequence(0, 9)) as tenth

),

scored as (

    -- Computed in whole numbers, so that rounding moves no score into the bin below.
    select least((10 * correct) div nullif(questions_presented, 0), 9) as tenth
    from {{ ref('fct_attempts') }}
    where not is_test and score is not null

),

counted as (

    select
        tenth,
        count(*) as attempts
    from scored
    group by tenth

),

final as (

    select
        bins.tenth + 1 as bin,
        concat(10 * bins.tenth, ' to ', if(bins.tenth = 9, 100, 10 * bins.tenth + 9), ' %') as label,
        bins.tenth / 10D as from_score,
        (bins.tenth + 1) / 10D as to_score,
        coalesce(counted.attempts, 0) as attempts
    from bins
    left join counted on bins.tenth = counted.tenth

)

select * from final
