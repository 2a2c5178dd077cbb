{% macro only_new_loads() %}
    {%- if is_incremental() %}
        where load_id > (select coalesce(max(this.load_id), -1) from {{ this }} as this)
    {%- endif %}
{% endmacro %}
