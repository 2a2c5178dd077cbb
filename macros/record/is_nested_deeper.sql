{#-
    No parser is asked, because parsers recurse. A text with fewer opening brackets is not nested deeper. Of any other
    text the brackets outside of strings are kept, and each pass removes the innermost pairs. If opening brackets remain
    after as many passes as there may be levels, the text is nested deeper. Unpaired brackets, too, are levels to a
    parser: the appended ones close as many as there may be.
    Java splits at a single character several times as fast as Spark replaces it.
-#}
{%- macro is_nested_deeper(text, levels) -%}
    case
        when
            size(split({{ text }}, '\\{', {{ levels + 2 }})) + size(split({{ text }}, '\\[', {{ levels + 2 }}))
            <= {{ levels + 2 }}
            then false
        else
            aggregate(
                sequence(1, {{ levels }}),
                concat(
                    translate(regexp_replace({{ json_without_strings(text) }}, '[^\\[\\]{}]++', ''), '{}', '[]'),
                    repeat(']', {{ levels }})
                ),
                (brackets, pass) -> replace(brackets, '[]', ''),
                brackets -> contains(brackets, '[')
            )
    end
{%- endmacro -%}
