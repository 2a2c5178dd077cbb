{#-
    The fields of a record that are known, with the JSON types that they must have where they are present.
    Everything about types follows from this one list: how a record is read, which records are rejected because
    of a field of the wrong type, and which fields are reported as unknown.

    A mapping is an object, a list of one an array of such elements. The rest are names of Spark's variant types.
-#}
{%- macro record_fields() -%}
    {%- set option = {
        'id': 'STRING',
        'checked': 'BOOLEAN',
        'correct': 'BOOLEAN',
        'submitted': 'BIGINT',
        'at': 'STRING',
    } -%}
    {%- set question = {
        'id': 'STRING',
        'user_result': 'STRING',
        'user_correct': 'BOOLEAN',
        'user_incomplete': 'BOOLEAN',
        'user_submitted': 'BOOLEAN',
        'options': [option],
    } -%}
    {%- set counts = {
        'total': 'BIGINT',
        'submitted': 'BIGINT',
        'correct': 'BIGINT',
        'incorrect': 'BIGINT',
        'incomplete': 'BIGINT',
        'unanswered': 'BIGINT',
        'all_correct': 'BOOLEAN',
    } -%}
    {%- do return({
        'keen_id': 'STRING',
        'user_exam_id': 'STRING',
        'base_exam_id': 'STRING',
        'exam_name': 'STRING',
        'certification': 'STRING',
        'max_attempts': 'STRING',
        'started_at': 'STRING',
        'keen_timestamp': 'STRING',
        'keen_created_at': 'STRING',
        'sequences': {
            'id': 'STRING',
            'attempt': 'BIGINT',
            'counts': counts,
            'questions': [question],
        },
    }) -%}
{%- endmacro -%}
