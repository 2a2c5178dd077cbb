with responses as (

    select * from {{ ref('fct_scored_responses') }}

),

choices as (

    select * from {{ ref('fct_option_choices') }}
    where is_first_presentation

),

questions as (

    select * from {{ ref('item_analysis') }}

),

attempts as (

    select
        keen_id,
        base_exam_id,
        question_set_id,
        total_score
    from responses
    where question_position = 1

),

ranked as (

    select
        keen_id,
        base_exam_id,
        question_set_id,
        row_number() over (
            partition by base_exam_id, question_set_id
            order by total_score, sha2(keen_id, 256)
        ) as score_rank,
        count(*) over (partition by base_exam_id, question_set_id) as n
    from attempts

),

thirds as (

    select
        keen_id,
        base_exam_id,
        question_set_id,
        score_rank <= n div 3 as in_lower_third,
        score_rank > n - n div 3 as in_upper_third
    from ranked

),

counts as (

    select
        thirds.base_exam_id,
        thirds.question_set_id,
        choices.question_id,
        choices.option_id,
        sum(choices.option_position) / count(*) as mean_position,
        min(choices.is_correct) as always_correct,
        max(choices.is_correct) as ever_correct,
        count(*) as presented,
        count_if(choices.is_chosen) as chosen,
        count_if(thirds.in_lower_third) as lower_presented,
        count_if(thirds.in_lower_third and choices.is_chosen) as lower_chosen,
        count_if(thirds.in_upper_third) as upper_presented,
        count_if(thirds.in_upper_third and choices.is_chosen) as upper_chosen
    from choices
    inner join thirds on choices.keen_id = thirds.keen_id
    group by thirds.base_exam_id, thirds.question_set_id, choices.question_id, choices.option_id

),

final as (

    select
        counts.base_exam_id,
        counts.question_set_id,
        counts.question_id,
        counts.option_id,
        questions.exam_name,
        questions.question_set_number,
        questions.question_number,
        cast(row_number() over (
            partition by counts.base_exam_id, counts.question_set_id, counts.question_id
            order by counts.mean_position, counts.option_id
        ) as int) as option_number,
        if(counts.always_correct = counts.ever_correct, counts.ever_correct, null) as is_correct,
        counts.presented,
        counts.chosen,
        cast(counts.chosen as double) / counts.presented as chosen_share,
        counts.lower_presented,
        counts.lower_chosen,
        try_divide(cast(counts.lower_chosen as double), counts.lower_presented) as lower_chosen_share,
        counts.upper_presented,
        counts.upper_chosen,
        try_divide(cast(counts.upper_chosen as double), counts.upper_presented) as upper_chosen_share,
        nullif(
            concat_ws(
                ' ',
                if(
                    counts.always_correct != counts.ever_correct,
                    'Not known to be correct or not: the attempts disagree.', null
                ),
                if(
                    counts.lower_presented = 0 or counts.upper_presented = 0,
                    'No thirds: there are too few attempts.', null
                )
            ),
            ''
        ) as reason
    from counts
    inner join questions
        on
            counts.base_exam_id = questions.base_exam_id
            and counts.question_set_id = questions.question_set_id
            and counts.question_id = questions.question_id

)

select * from final
