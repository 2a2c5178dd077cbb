with raw_by_partition as (

    select
        load_id,
        concat(topic, '-', partition, ': ', min(offset), ' to ', max(offset)) as offset_range,
        count(*) as messages,
        max(landed_at) as landed_at
    from {{ source('raw', 'assess') }}
    group by load_id, topic, partition

),

raw_by_load as (

    select
        load_id,
        max(landed_at) as landed_at,
        sum(messages) as messages,
        array_join(array_sort(collect_list(offset_range)), '; ') as offset_ranges
    from raw_by_partition
    group by load_id

),

messages_by_load as (

    select
        load_id,
        count_if(disposition = 'accepted') as accepted,
        count_if(disposition = 'duplicate') as duplicates,
        count_if(disposition = 'rejected') as rejected,
        sum(if(disposition = 'accepted', questions_presented, 0)) as questions,
        sum(if(disposition = 'accepted', options_presented, 0)) as options
    from {{ ref('stg_assess__messages') }}
    group by load_id

),

questions_by_load as (

    select
        load_id,
        count(*) as questions
    from {{ ref('fct_question_responses') }}
    group by load_id

),

options_by_load as (

    select
        load_id,
        count(*) as options
    from {{ ref('fct_option_choices') }}
    group by load_id

),

joined as (

    select
        load_id,
        raw_by_load.landed_at,
        raw_by_load.offset_ranges,
        coalesce(raw_by_load.messages, 0) as messages,
        coalesce(messages_by_load.accepted, 0) as accepted,
        coalesce(messages_by_load.duplicates, 0) as duplicates,
        coalesce(messages_by_load.rejected, 0) as rejected,
        coalesce(messages_by_load.questions, 0) as questions_presented,
        coalesce(questions_by_load.questions, 0) as question_responses,
        coalesce(messages_by_load.options, 0) as options_presented,
        coalesce(options_by_load.options, 0) as option_choices
    from raw_by_load
    full join messages_by_load using (load_id)
    full join questions_by_load using (load_id)
    full join options_by_load using (load_id)

),

final as (

    select
        load_id,
        landed_at,
        offset_ranges,
        messages,
        accepted,
        duplicates,
        rejected,
        questions_presented,
        question_responses,
        options_presented,
        option_choices,
        coalesce(load_id > (select max(messages_by_load.load_id) from messages_by_load), true)
        and question_responses = 0
        and option_choices = 0 as is_late,
        messages = accepted + duplicates + rejected
        and question_responses = questions_presented
        and option_choices = options_presented as is_reconciled
    from joined

)

select * from final
