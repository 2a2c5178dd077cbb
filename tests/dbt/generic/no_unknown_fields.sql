{#-
    The raw table keeps such a field, and the field harms nothing, but somebody should decide whether it belongs in a
    model.
-#}
{% test no_unknown_fields(model) %}

{{ config(severity='warn') }}

select
    unknown_field,
    count(*) as messages
from {{ model }}
lateral view explode(unknown_fields) as unknown_field
group by unknown_field

{% endtest %}
