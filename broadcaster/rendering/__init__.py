"""One announcement in each channel's own markup.

`content.render` is the way in. An author's Markdown is parsed by `markdown`, written by
`telegram`, `plain` or `html`, put into a template by `templates`, cut to the platform's limits by
`splitting`, and becomes a `broadcaster.contract.Content` whose holes `segments` fill for each
person.
"""
