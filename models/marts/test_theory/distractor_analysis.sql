with questions as (

    select * from {{ ref('item_analysis') }}

),

counts as (

    select
        population,
        base_exam_id,
        question_set_id,
        question_id,
        option_id,
        sum(position_sum) / sum(presented) as mean_position,
        min(always_correct) as always_correct,
        max(ever_correct) as ever_correct,
        sum(presented) as presented,
        sum(chosen) as chosen,
        sum(lower_presented) as lower_presented,
        sum(lower_chosen) as lower_chosen,
        sum(upper_presented) as upper_presented,
        sum(upper_chosen) as upper_chosen
    from {{ ref('option_sums') }}
    where is_scored
    group by population, base_exam_id, question_set_id, question_id, option_id
    having sum(presented) > 0

),

-- All attempts number the options and say which are correct, so that an option is the same in both populations.
options as (

    select
        base_exam_id,
        question_set_id,
        question_id,
        option_id,
        cast(row_number() over (
            partition by base_exam_id, question_set_id, question_id
            order by mean_position, option_id
        ) as int) as option_number,
        if(always_correct = ever_correct, ever_correct, null) as is_correct
    from counts
    where population = 'all_attempts'

),

-- An option that no attempt of a population presented has a row, too.
figures as (

    select
        questions.population,
        questions.base_exam_id,
        questions.question_set_id,
        questions.question_id,
        options.option_id,
        questions.is_preferred,
        questions.exam_name,
        questions.question_set_number,
        questions.exam_label,
        questions.question_number,
        options.option_number,
        options.is_correct,
        coalesce(counts.presented, 0) as presented,
        coalesce(counts.chosen, 0) as chosen,
        try_divide(counts.chosen, counts.presented) as chosen_share,
        coalesce(counts.lower_presented, 0) as lower_presented,
        coalesce(counts.lower_chosen, 0) as lower_chosen,
        try_divide(counts.lower_chosen, counts.lower_presented) as lower_chosen_share,
        coalesce(counts.upper_presented, 0) as upper_presented,
        coalesce(counts.upper_chosen, 0) as upper_chosen,
        try_divide(counts.upper_chosen, counts.upper_presented) as upper_chosen_share
    from questions
    inner join options
        on
            questions.base_exam_id = options.base_exam_id
            and questions.question_set_id = options.question_set_id
            and questions.question_id = options.question_id
    left join counts
        on
            questions.population = counts.population
            and options.base_exam_id = counts.base_exam_id
            and options.question_set_id = counts.question_set_id
            and options.question_id = counts.question_id
            and options.option_id = counts.option_id

),

final as (

    select
        population,
        base_exam_id,
        question_set_id,
        question_id,
        option_id,
        is_preferred,
        exam_name,
        question_set_number,
        exam_label,
        question_number,
        option_number,
        is_correct,
        presented,
        chosen,
        chosen_share,
        lower_presented,
        lower_chosen,
        lower_chosen_share,
        upper_presented,
        upper_chosen,
        upper_chosen_share,
        case
            when presented < {{ var('min_attempts') }} or lower_presented = 0 or upper_presented = 0
                then 'too few attempts'
            when is_correct is null then 'not known to be right'
            when is_correct and upper_chosen_share > lower_chosen_share then 'right'
            when is_correct and upper_chosen_share < lower_chosen_share then 'right, but the strong do not see it'
            when is_correct then 'right, but does not separate'
            when upper_chosen_share > lower_chosen_share then 'misleads the strong'
            when chosen_share < {{ var('min_distractor_share') }} then 'distracts hardly anybody'
            when upper_chosen_share < lower_chosen_share then 'distracts the weak'
            else 'distracts weak and strong alike'
        end as verdict,
        nullif(
            concat_ws(
                ' ',
                if(is_correct is null, 'Not known to be correct or not: the attempts disagree.', null),
                case
                    when presented = 0 then 'No figures: no scored attempt of the population presented the option.'
                    when lower_presented = 0 or upper_presented = 0 then 'No thirds: there are too few attempts.'
                end
            ),
            ''
        ) as reason
    from figures

)

select * from final
