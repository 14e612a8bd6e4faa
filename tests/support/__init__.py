"""What tests share: databases, the business of the worked examples, statement counting."""
