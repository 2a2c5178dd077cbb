{#-
    This one list decides how a record is parsed, which records are rejected because a field has the wrong type, and
    which fields are reported as unknown.

    A mapping is an object; a list of one element is an array of such elements; a text is the name of a Spark variant
    type.
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
