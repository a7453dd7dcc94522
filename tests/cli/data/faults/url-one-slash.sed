# inv-form
s|https://two.example/b|https:/two.example/b|
