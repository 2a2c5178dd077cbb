{{
    config(
        materialized='incremental',
        tblproperties={'delta.dataSkippingStatsColumns': 'load_id'},
        pre_hook=['{{ refuse_another_raw_table() }}', '{{ refuse_another_earliest_time() }}'],
        post_hook='{{ merge_small_files() }}'
    )
}}

{%- set fields = record_fields() %}
{%- set levels = 100 %}
{%- set questions = "try_variant_get(document, '$.sequences.questions', 'array<variant>')" %}

with source as (

    select
        load_id,
        topic,
        partition,
        offset,
        key,
        value,
        source_file,
        source_sha256,
        source_position,
        source_records,
        timestamp as published_at,
        landed_at,
        sha2(value, 256) as message_sha256,
        try_validate_utf8(cast(value as string)) as value_text
    from {{ source('raw', 'assess') }}
    {{ only_new_loads() }}

),

documents as (

    select
        *,
        -- No parser sees a text that is nested so deep that a parser could overflow its stack, which would end the
        -- server.
        {{ is_nested_deeper('value_text', levels) }} as is_too_deep,
        -- The parser ignores text after a JSON value. So the value is parsed inside an array that ends with the
        -- message's own hash. Only a value that is exactly one document leaves the hash in the second place.
        try_parse_json(if(is_too_deep, null, concat('[', value_text, ',"', message_sha256, '"]'))) as sealed,
        case
            when try_variant_get(sealed, '$[1]', 'string') = message_sha256 then variant_get(sealed, '$[0]')
        end as document,
        schema_of_variant(document) as shape
    from source

),

parsed as (

    select
        *,
        from_json(if(shape like 'OBJECT<%', value_text, null), '{{ json_schema(fields) }}') as attempt,
        -- Only a document of an unusual shape is checked field by field, because this costs more than parsing.
        case
            when shape like 'OBJECT<%' and shape not rlike '^{{ json_shape(fields) }}$'
                then array_distinct(concat(
                    {{ json_field_types("array(document)") }},
                    {{ json_field_types("array(variant_get(document, '$.sequences'))", 'sequences.') }},
                    {{ json_field_types("array(variant_get(document, '$.sequences.counts'))", 'sequences.counts.') }},
                    {{ json_field_types("coalesce(" ~ questions ~ ", array())", 'sequences.questions.') }},
                    {{ json_field_types(
                        "flatten(transform(coalesce(" ~ questions ~ ", array()), "
                        ~ "question -> coalesce(try_variant_get(question, '$.options', 'array<variant>'), array())))",
                        'sequences.questions.options.'
                    ) }}
                ))
            else array()
        end as field_types,
        map({{ json_paths(fields) }}) as known_types
    from documents

),

checked as (

    select
        *,
        filter(
            field_types,
            field -> field.type != 'VOID'
            and not startswith(field.type, known_types[field.path])
            and not (field.type = 'ARRAY<VOID>' and startswith(known_types[field.path], 'ARRAY<'))
        ) as wrong_types,
        array_distinct(transform(
            filter(field_types, field -> not map_contains_key(known_types, field.path)),
            field -> field.path
        )) as unknown_fields,
        {{ missing_fields('attempt') }} as missing_fields,
        {{ iso_timestamp('attempt.started_at') }} as started_at,
        {{ epoch_timestamp('attempt.keen_timestamp') }} as finished_at,
        {{ counted_results('attempt.sequences.questions') }} as counted
    from parsed

),

cross_checked as (

    select
        *,
        {{ impossible_times('attempt', 'started_at', 'finished_at', 'landed_at') }} as impossible_times,
        {{ contradictions('attempt', 'counted') }} as contradictions
    from checked

),

judged as (

    select
        *,
        case
            when value is null then 'The message has no value.'
            when value_text is null then 'The value is not UTF-8 text.'
            when is_too_deep then 'The value is nested more than {{ levels }} levels deep.'
            -- Only a value without a document is searched for the reason: that takes as long as parsing a document.
            when document is null and btrim(value_text, ' \t\r\n') = '' then 'The value is empty.'
            when document is null and {{ json_without_strings('value_text') }} rlike '[-+.0-9eE]{1001}'
                then 'The value holds a number of more than 1,000 digits.'
            when
                document is null
                and (
                    value_text rlike '"(?:[^"\\\\]|\\\\(?:u....|.)){50001,}+"\\s*+:'
                    or value_text rlike '"(?:[^"\\\\]|\\\\(?:u....|.)){20000001,}+"'
                )
                then 'The value holds a name of more than 50,000 characters, or a text of more than 20 million.'
            when document is null
                then
                    'The value is not one valid JSON document '
                    || '(malformed, cut off, followed by something else, or a name given twice).'
            when {{ has_lone_surrogate('value_text') }}
                then 'The value holds half of a character: an escape such as \\ud83d without its other half.'
            when shape not like 'OBJECT<%' then 'The value is JSON, but not an object.'
            when size(wrong_types) > 0
                then concat(
                    array_join(
                        array_distinct(transform(
                            wrong_types,
                            field -> concat(
                                field.path, ' is ', {{ json_type_in_words('field.type') }},
                                ' instead of ', {{ json_type_in_words('known_types[field.path]') }}
                            )
                        )),
                        '; '
                    ),
                    '.'
                )
            when size(missing_fields) > 0 then concat(array_join(missing_fields, '; '), '.')
            when size(impossible_times) > 0 then concat(array_join(impossible_times, '; '), '.')
            when size(contradictions) > 0 then concat(array_join(contradictions, '; '), '.')
        end as problem,
        struct(message_sha256, load_id, topic, partition, offset) as delivery
    from cross_checked

),

history as (

    {% if is_incremental() %}
        select
            keen_id,
            struct(message_sha256, load_id, topic, partition, offset) as delivery
        from {{ this }}
        where disposition = 'accepted'
    {% else %}
        select
            attempt.keen_id,
            delivery
        from judged
        where false
    {% endif %}

),

compared as (

    select
        judged.*,
        coalesce(history.delivery, first_value(judged.delivery) over earlier_first) as accepted_delivery
    from judged
    left join history on judged.attempt.keen_id = history.keen_id
    window
        earlier_first as (
            -- A message with a problem stands alone, so that a million of them are not sorted in one task.
            partition by judged.attempt.keen_id, if(judged.problem is null, null, judged.delivery)
            order by judged.load_id, judged.topic, judged.partition, judged.offset
        )

),

classified as (

    select
        *,
        -- Counts are used whole, and only where the questions that they count are there.
        if(
            attempt.sequences.questions is not null
            and attempt.sequences.counts.submitted is not null
            and attempt.sequences.counts.correct is not null
            and attempt.sequences.counts.incorrect is not null
            and attempt.sequences.counts.incomplete is not null
            and attempt.sequences.counts.unanswered is not null,
            attempt.sequences.counts, null
        ) as counts,
        case
            when problem is not null then 'rejected'
            when delivery = accepted_delivery then 'accepted'
            when message_sha256 = accepted_delivery.message_sha256 then 'duplicate'
            else 'rejected'
        end as disposition
    from compared

),

final as (

    select
        load_id,
        topic,
        partition,
        offset,
        message_sha256,
        disposition,
        if(disposition = 'rejected', value, null) as rejected_value,
        case
            when disposition = 'rejected'
                then coalesce(
                    problem,
                    concat(
                        'keen_id was accepted before with other content: load ', accepted_delivery.load_id,
                        ', topic ', accepted_delivery.topic, ', partition ', accepted_delivery.partition,
                        ', offset ', accepted_delivery.offset, '.'
                    )
                )
        end as rejection_reason,
        unknown_fields,

        attempt.keen_id,
        attempt.user_exam_id,
        attempt.base_exam_id,
        attempt.exam_name,
        attempt.certification,
        attempt.max_attempts,
        started_at,
        finished_at,
        {{ epoch_timestamp('attempt.keen_created_at') }} as keen_created_at,
        cast(
            try_cast(left(attempt.keen_timestamp, 40) as decimal(28, 9))
            - cast(unix_micros(started_at) as decimal(28, 9)) / 1000000 as double
        ) as duration_seconds,
        attempt.sequences.id as sequence_id,
        attempt.sequences.attempt as attempt_number,
        counts.total as count_total,
        counts.submitted as count_submitted,
        counts.correct as count_correct,
        counts.incorrect as count_incorrect,
        counts.incomplete as count_incomplete,
        counts.unanswered as count_unanswered,
        attempt.sequences.counts.all_correct as is_all_correct,
        attempt.sequences.questions,
        -- Figures of the questions that every build needs: a build reads the questions of new loads only.
        greatest(size(attempt.sequences.questions), 0) as questions_presented,
        coalesce(
            aggregate(
                attempt.sequences.questions, 0L, (options, question) -> options + greatest(size(question.options), 0)
            ),
            0L
        ) as options_presented,
        case
            when size(attempt.sequences.questions) > 0
                then sha2(to_json(array_sort(array_distinct(attempt.sequences.questions.id))), 256)
        end as question_set_id,

        key,
        source_file,
        source_sha256,
        source_position,
        source_records,
        published_at,
        landed_at
    from classified

)

select * from final
