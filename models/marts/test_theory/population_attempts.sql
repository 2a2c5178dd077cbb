with attempts as (

    select * from {{ ref('fct_attempts') }}
    where not is_test

),

-- The first question of each scored attempt, which has the total score.
scored as (

    select * from {{ ref('fct_scored_responses') }}
    where question_position = 1

),

-- Each attempt once in each of its populations.
attempts_by_population as (

    select
        explode(
            if(is_first_in_session, array('first_attempts', 'all_attempts'), array('all_attempts'))
        ) as population,
        *
    from attempts

),

ranked as (

    select
        attempts_by_population.*,
        scored.total_score,
        row_number() over (
            partition by
                attempts_by_population.population,
                attempts_by_population.base_exam_id,
                attempts_by_population.question_set_id,
                scored.total_score is null
            order by scored.total_score, sha2(attempts_by_population.keen_id, 256)
        ) as score_rank,
        count(*) over (
            partition by
                attempts_by_population.population,
                attempts_by_population.base_exam_id,
                attempts_by_population.question_set_id,
                scored.total_score is null
        ) as ranked_attempts
    from attempts_by_population
    left join scored on attempts_by_population.keen_id = scored.keen_id

),

final as (

    select
        population,
        keen_id,
        base_exam_id,
        question_set_id,
        -- An exam without first attempts is one at which sessions cannot be inferred.
        population = 'first_attempts' or is_first_in_session is null as is_preferred,
        deliveries,
        total_score,
        case
            when total_score is null then null
            when score_rank <= ranked_attempts div 3 then 'lower'
            when score_rank > ranked_attempts - ranked_attempts div 3 then 'upper'
            else 'middle'
        end as third
    from ranked

)

select * from final
